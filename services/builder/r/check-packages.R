# Fails when a package that FILE names, one a line, is not installed.
# Usage: Rscript check-packages.R FILE
packages <- unique(readLines(commandArgs(trailingOnly = TRUE)[1], warn = FALSE))
packages <- packages[nzchar(packages)]
missing <- Filter(function(name) length(find.package(name, quiet = TRUE)) == 0, packages)
if (length(missing) > 0) {
  cat("r: not installed: ", paste(missing, collapse = ", "), ";\n", sep = "")
  quit(status = 1)
}
