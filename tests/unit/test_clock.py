import time

from saltext.muster import clock


def test_the_skew_lies_between_the_compiling_and_the_reading_of_the_stamp():
    found = clock.skew(stamp=1000.0, age=3.0, wall=1001.0)
    assert found == {"low": -2.0, "high": 1.0}


def test_this_process_has_an_age():
    age = clock.process_age()
    assert 0 < age < 24 * 3600
    time.sleep(0.02)
    assert clock.process_age() > age


def test_a_step_of_the_wall_clock_is_seen_and_waiting_is_not():
    now = (time.time(), time.monotonic())
    time.sleep(0.02)
    assert abs(clock.stepped(now)) < 1
    assert abs(clock.stepped((now[0] - 60, now[1])) - 60) < 1
