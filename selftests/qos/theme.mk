# Classes are read by what libnl knows of each kind; a static library leaves that out.
$(O)/qos/%: netlink := -lnl-genl-3 -lnl-route-3 -lnl-3
