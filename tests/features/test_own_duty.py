from pytest_bdd import scenarios

scenarios("own_duty.feature")
