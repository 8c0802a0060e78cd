"""Models offered over HTTP on 127.0.0.1, so that stages ask a local model by the client that asks a remote one."""
