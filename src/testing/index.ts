/**
 * A kit for tests: databases that have the project's revisions within tens of milliseconds, and a suite about the
 * revisions themselves. For Vitest, `node:test` and whatever else has `describe` and `test`.
 */
export { ToolError } from "../diagnostic.ts"
export { type TestDatabase, type TestDatabaseOptions, testDatabase } from "./database.ts"
export { type DescribeRevisionsOptions, describeRevisions, type TestRunner } from "./describe.ts"
