"""Callbacks."""

from lavajit.process.callback_fx import IterableCallBack


def test_iterable_callback_calls_each_function_with_the_board():
    calls = []
    callback = IterableCallBack(
        pre_run_fxs=[lambda board: calls.append(("pre", board))] * 2,
        post_run_fxs=[lambda board: calls.append(("post", board))],
    )
    callback.pre_run_callback("board")
    callback.post_run_callback("board", {})
    assert calls == [("pre", "board"), ("pre", "board"), ("post", "board")]
    IterableCallBack().pre_run_callback("board")
