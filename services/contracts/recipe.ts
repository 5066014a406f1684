/**
 * The version of everything that Slipway itself puts into an image. Raising it gives every repository a new
 * image name and a new environment key, so raise it only when an image made before would be wrong.
 */
export const RECIPE = '1';
