import manifest from "../package.json" with { type: "json" }

/** The version of this package. The build puts it in place of the import. */
export const version: string = manifest.version
