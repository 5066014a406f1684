# Installs what the packages named in FILE need that is not there yet, from the repositories of R's configuration, and
# fails when one of them is missing, or too old, afterwards. FILE has NAME or NAME (>= VERSION) on each line.
# Usage: Rscript install-packages.R FILE
arguments <- commandArgs(trailingOnly = TRUE)
lines <- unique(readLines(arguments[1], warn = FALSE, encoding = "UTF-8"))
lines <- lines[nzchar(lines)]

name_of <- function(line) sub(" .*", "", line)
version_of <- function(line) if (grepl(">=", line, fixed = TRUE)) sub(".*>= ([^)]*)\\).*", "\\1", line) else "0"
is_there <- function(line) {
  path <- find.package(name_of(line), quiet = TRUE)
  if (length(path) == 0) return(FALSE)
  packageVersion(name_of(line)) >= version_of(line)
}
list_missing <- function() Filter(Negate(is_there), lines)

missing <- list_missing()
if (length(missing) > 0) {
  # A repository that does not answer is only a warning, and gives a list without packages.
  offered <- rownames(available.packages())
  if (length(offered) == 0) {
    cat("r: no answer from ", getOption("repos")[["CRAN"]], ";\n", sep = "")
    quit(status = 1)
  }
  unknown <- setdiff(name_of(missing), offered)
  if (length(unknown) > 0) {
    cat("r: no repository has ", paste(unknown, collapse = ", "), "; asked: Debian and ", getOption("repos")[["CRAN"]], ";\n", sep = "")
    quit(status = 1)
  }
  install.packages(name_of(missing), quiet = TRUE)
  missing <- list_missing()
}
if (length(missing) > 0) {
  cat("r: not installed: ", paste(missing, collapse = ", "), ";\n", sep = "")
  quit(status = 1)
}
for (line in lines) cat("r: ", name_of(line), " ", format(packageVersion(name_of(line))), "\n", sep = "")
