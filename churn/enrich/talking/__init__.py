"""Talking: bytes out and in, within a deadline, a size and the pace that a server allows. Nothing here reads them."""
