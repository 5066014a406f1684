# Runs a script as Rscript would, and writes the names of the packages that it asks install.packages() for to a file:
# that function only warns when it could not install one.
# Usage: Rscript run-script.R SCRIPT FILE
local({
  arguments <- commandArgs(trailingOnly = TRUE)
  record <- function(packages) {
    names <- grep("^[[:alpha:]][[:alnum:].]*$", as.character(packages), value = TRUE)
    cat(names, file = arguments[2], sep = "\n", append = TRUE)
  }
  watch <- bquote(if (!missing(pkgs)) .(record)(pkgs))
  # The function is in the namespace and, apart from that, among what is attached.
  for (where in list(asNamespace("utils"), as.environment("package:utils")))
    invisible(utils::capture.output(suppressMessages(
      trace("install.packages", tracer = watch, where = where, print = FALSE)
    )))
  source(arguments[1], local = globalenv(), encoding = "UTF-8")
})
