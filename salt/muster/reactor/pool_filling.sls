#!py
"""A minion says that a pool fills: have the runner ask that node itself.

Data of an event are a minion's own word, so they are no part of a text here. The runner takes the
name of a node from them, and nothing else.
"""


def run():
    call = {"args": [{"node": data.get("id")}]}
    reaction = {"runner.muster.pool_filling": [call]}
    return {"pool_filling": reaction}
