/** The directory of the repository in the images that Slipway plans, and the home of their user. */
export const REPO_DIR = '/home/jovyan';

/** The record of how such an image was made. */
export const PLAN_RECORD = '/srv/slipway/plan.json';
