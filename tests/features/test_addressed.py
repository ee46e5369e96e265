from pytest_bdd import scenarios

scenarios("addressed.feature")
