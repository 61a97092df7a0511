/** hedgerow's own version, by semver.org. */
export const version = "0.1.0";
