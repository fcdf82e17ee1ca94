# Prints the tests that failed from result files (.trx), each with the beginning of its message. A file has the results first,
# and the classes of the tests after them.
function attribute(name) {
  match($0, " " name "=\"[^\"]*\"")
  return plain(substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4))
}

function plain(text) {
  gsub(/&lt;/, "<", text)
  gsub(/&gt;/, ">", text)
  gsub(/&quot;/, "\"", text)
  gsub(/&#xD;|&#xA;/, " ", text)
  gsub(/&amp;/, "\\&", text)
  return text
}

/<UnitTestResult / {
  id = attribute("testId")
  failed = / outcome="Failed"/
  if (failed) test[id] = attribute("testName")
}

failed && /<Message>/ { reads = 1 }

reads {
  ends = /<\/Message>/
  sub(/.*<Message>/, "")
  sub(/<\/Message>.*/, "")
  gsub(/^ +| +$/, "")
  message[id] = message[id] (message[id] == "" ? "" : " ") plain($0)
  if (ends) reads = 0
}

/<UnitTest / {
  id = attribute("id")
}

/<TestMethod / && id in test {
  printf "  %s.%s: %.300s\n", attribute("className"), test[id], message[id]
  delete test[id]
}
