# Classes are read by what libnl knows of each kind; a static library leaves that out.
$(O)/qos/%: netlink := -lnl-route-3 -lnl-3
