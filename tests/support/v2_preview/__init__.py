"""OpenCode 2.x as 1.18 speaks it at `/api`: a client and a decoder, for tests of 2.x on a server that can be had."""
