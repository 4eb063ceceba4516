"""Prepared nodes, judged by the software that they are prepared for."""
