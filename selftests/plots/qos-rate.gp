# Rate against time. dir: files of "SECONDS OCTETS_PER_SECOND"; refused: when D was.
set title 'Flows on a link of 1.25 MB/s that twenty others fill'
set xlabel 'seconds'
set ylabel 'received, kB/s'
set xrange [0:12]
set yrange [0:1300]
set key outside right top
set grid lc rgb '#dddddd'
set border 3
set tics nomirror
set label 1 'D asks for 300' at refused, 1050 center
set arrow 1 from refused, 1015 to refused, 905 lc rgb '#333333'
set label 2 'and is refused' at refused, 880 center
do for [r in "150 250 300 400"] {
	set arrow from 0, r+0 to 12, r+0 nohead dt 3 lc rgb '#999999'
}
plot dir.'others' using 1:($2/1e3) with lines lw 1.5 lc rgb '#b0b0b0' title 'twenty others', \
	dir.'A' using 1:($2/1e3) with lines lw 2 lc rgb '#1f5fa8' title 'A, of 400', \
	dir.'B' using 1:($2/1e3) with lines lw 2 lc rgb '#a8501f' title 'B, of 250', \
	dir.'C' using 1:($2/1e3) with lines lw 2 lc rgb '#3a8a3a' title 'C, of 150', \
	dir.'D' using 1:($2/1e3) with lines lw 2 lc rgb '#7a3aa8' title 'D, of 300'
