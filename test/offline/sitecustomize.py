"""Loaded by every Python that PYTHONPATH leads here: connections and names beyond this machine are refused, and noted in
the file that AFFECTLAB_ASKED names."""

import errno
import ipaddress
import os
import socket
import sys


def is_here(host) -> bool:
    if host in ("localhost", "", None, b"localhost"):
        return True
    try:
        address = ipaddress.ip_address(host if isinstance(host, str) else host.decode())
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse(what) -> None:
    with open(os.environ["AFFECTLAB_ASKED"], "a", encoding="utf8") as file:
        file.write(f"{what} by {' '.join(sys.argv)}\n")
    raise OSError(errno.ENETUNREACH, f"Network is unreachable: {what}")


def guarded(name):
    original = getattr(socket.socket, name)

    def method(self, address, *rest):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
            refuse(address)
        return original(self, address, *rest)

    return method


for method_name in ("connect", "connect_ex"):
    setattr(socket.socket, method_name, guarded(method_name))

getaddrinfo = socket.getaddrinfo


def local_getaddrinfo(host, *rest, **named):
    if not is_here(host) and host != socket.gethostname():
        refuse(host)
    return getaddrinfo(host, *rest, **named)


socket.getaddrinfo = local_getaddrinfo
