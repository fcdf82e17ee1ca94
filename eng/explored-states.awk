# From .trx files: how many states the tests have seen that go through all there are. Each file has what its tests wrote twice, once after the results.
/<\/Results>/ { nextfile }
match($0, /explored [0-9]+ states/) {
  states += substr($0, RSTART + 9)
  setups++
}
END { if (setups > 0) print "Explored: all " states " states of a lock record in " setups " set-ups" }
