# Restores what renv.lock names into the library of the user.
# Usage: Rscript restore-lock.R FILE
options(renv.consent = TRUE, renv.config.cache.enabled = FALSE, renv.config.repos.override = getOption("repos"))
lock <- commandArgs(trailingOnly = TRUE)[1]
renv::restore(project = tempdir(), lockfile = lock, library = Sys.getenv("R_LIBS_USER"), prompt = FALSE)
