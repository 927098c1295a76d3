"""The claims as a pytest suite: `pytest --pyargs contract_tests.suite --provider NAME --base-url URL`.

One test for each claim, named by its id, in the file of its area; `contract_tests.plugin` collects them. The files here
hold no tests, only what their area is about.
"""
