# How many packets take longer. dir: files of "PART NANOSECONDS"; bound: of the flow, in ns.
set title 'Delay of a guaranteed flow beside fifty senders that fill the link'
set xlabel 'delay, ms'
set ylabel 'part of the packets that take longer'
set logscale xy
set xrange [0.001:1000]
set yrange [0.0001:1.2]
set format x '%g'
set format y '%g'
set key outside right top
set grid lc rgb '#dddddd'
set border 3
set tics nomirror
set arrow 1 from bound/1e6, 0.0001 to bound/1e6, 1.2 nohead lw 2 dt 2 lc rgb '#c02020'
set label 1 sprintf(' bound, %.2f ms', bound/1e6) at bound/1e6, 0.0002 left textcolor rgb '#c02020'
plot dir.'delay' using ($2/1e6):1 with steps lw 2 lc rgb '#1f5fa8' title 'guaranteed flow', \
	dir.'others' using ($2/1e6):1 with steps lw 2 lc rgb '#b0b0b0' title 'the senders', \
	dir.'lateness' using ($2/1e6):1 with steps lw 1.5 lc rgb '#3a8a3a' title 'timers are late by'
