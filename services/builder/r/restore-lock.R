# Restores what renv.lock names into the library of the user.
# Usage: Rscript restore-lock.R FILE
options(renv.consent = TRUE, renv.config.cache.enabled = FALSE, renv.config.repos.override = getOption("repos"))
lock <- commandArgs(trailingOnly = TRUE)[1]
# Debian 12 has no renv, so it comes from where the packages of the lock come from.
if (!requireNamespace("renv", quietly = TRUE)) install.packages("renv", lib = Sys.getenv("R_LIBS_USER"))
renv::restore(project = tempdir(), lockfile = lock, library = Sys.getenv("R_LIBS_USER"), prompt = FALSE)
