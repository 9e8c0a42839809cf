import { afterAll, describe, expect, test } from "vitest"
import { parseConnection } from "../../src/db/settings.ts"
import { withTokens } from "../../src/db/tokens/with-tokens.ts"
import { lockstep } from "../cli/lockstep.ts"
import { testDatabase } from "../database.ts"
import { testProject } from "../project.ts"

/** What the libraries below were asked, and what they answer. The database is real: a token is a role's password. */
interface Provider {
  readonly asked: unknown[]
  token(): Promise<string | null>
  port: number
}

declare global {
  var cloudProvider: Provider
}

const provider: Provider = { asked: [], token: async () => null, port: 0 }
globalThis.cloudProvider = provider

/** Libraries with the exports of the real ones that are used, in the shape in which npm installs them. */
const libraries = {
  "@aws-sdk/rds-signer": `exports.Signer = class {
    constructor(options) { this.options = options }
    async getAuthToken() { cloudProvider.asked.push(this.options); return cloudProvider.token() }
  }`,
  "@azure/identity": `exports.DefaultAzureCredential = class {
    constructor(options) { this.options = options }
    async getToken(scope) { cloudProvider.asked.push({ ...this.options, scope }); return { token: await cloudProvider.token() } }
  }`,
  "google-auth-library": `exports.GoogleAuth = class {
    constructor(options) { this.options = options }
    async getAccessToken() { cloudProvider.asked.push(this.options); return cloudProvider.token() }
  }`,
  "@google-cloud/cloud-sql-connector": `exports.Connector = class {
    async getOptions(options) {
      cloudProvider.asked.push(options)
      return { stream: () => {
        const socket = require("node:net").connect(cloudProvider.port, "127.0.0.1")
        return socket.once("connect", () => socket.emit("secureConnect"))
      } }
    }
    close() { cloudProvider.asked.push("closed") }
  }`,
}

const db = await testDatabase()
afterAll(() => db.drop())
const admin = await db.connect()
const role = await db.role("login password 'unknown'")
provider.port = db.server.port

/** A project with the libraries. */
async function projectWith(config: object, names: readonly (keyof typeof libraries)[]) {
  const project = await testProject({})
  await project.write({ "lockstep.config.json": JSON.stringify(config) })
  for (const name of names)
    await project.write({
      [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: "9.9.9", main: "index.js" }),
      [`node_modules/${name}/index.js`]: libraries[name],
    })
  provider.asked.length = 0
  await nextToken()
  return project
}

let count = 0

/** From now on another token is right. */
async function nextToken() {
  const token = `token-${++count}`
  await admin.run(`alter role ${role} password '${token}'`)
  provider.token = async () => token
}

const address = (host = "127.0.0.1", user = role) =>
  `postgresql://${encodeURIComponent(user)}@${host}:${db.server.port}/${db.name}`

describe("a token is the password of one connection", () => {
  test.each([
    ["aws", "@aws-sdk/rds-signer", { hostname: "127.0.0.1", port: provider.port, username: role }],
    ["azure", "@azure/identity", { scope: "https://ossrdbms-aad.database.windows.net/.default" }],
    ["google", "google-auth-library", { scopes: ["https://www.googleapis.com/auth/sqlservice.login"] }],
  ] as const)("%s", async (auth, library, asked) => {
    await using project = await projectWith({ url: address(), auth }, [library])
    await project.write({ "migrations/one.sql": "-- revision: 0123456789ab\n\nselect 1;\n" })
    await admin.run(`grant create on database ${db.name} to ${role}`)
    const run = await lockstep(["upgrade", "--verbose", "--json"], { cwd: project.root })
    expect(run).toMatchObject({ exit: 0 })
    await nextToken()
    const who = await lockstep(["whoami"], { cwd: project.root })
    expect(who).toMatchObject({ exit: 0, stdout: expect.stringContaining(role) })
    expect(provider.asked.length).toBeGreaterThan(1)
    expect(provider.asked[0]).toEqual(asked)
    expect(run.stdout + run.stderr + who.stdout + who.stderr).not.toContain("token-")
  })

  test("without a configuration the URL or a variable says whose, and options follow it", async () => {
    await using project = await projectWith({}, ["@aws-sdk/rds-signer", "@azure/identity"])
    await project.remove("lockstep.config.json")
    const url = `${address()}?auth=aws,region=eu-central-1`
    expect(await lockstep(["whoami", "--url", url], { cwd: project.root })).toMatchObject({ exit: 0 })
    const env = { LOCKSTEP_AUTH: "azure,clientId=some-id", DATABASE_URL: address() }
    expect(await lockstep(["whoami"], { cwd: project.root, env })).toMatchObject({ exit: 0 })
    const operand = await lockstep(["whoami", address()], { cwd: project.root, env })
    expect(operand).toMatchObject({ exit: 0 })
    expect(provider.asked.splice(2)).toHaveLength(1)
    expect(provider.asked).toMatchObject([{ region: "eu-central-1" }, { managedIdentityClientId: "some-id" }])
  })

  test("Google's connector opens the sockets of an instance, and is closed with the last one", async () => {
    const auth = { provider: "google", instance: "shop-1:europe-west1:main" }
    const url = address("ignored.example", role)
    await using project = await projectWith({ url, auth }, ["@google-cloud/cloud-sql-connector"])
    await admin.run(`alter role ${role} password 'iam'`)
    expect(await lockstep(["whoami"], { cwd: project.root })).toMatchObject({ exit: 0 })
    const options = { instanceConnectionName: "shop-1:europe-west1:main", ipType: "PRIVATE", authType: "IAM" }
    expect(provider.asked).toEqual([options, "closed"])
  })
})

describe("what is missing is named", () => {
  test.each([
    ["aws", "@aws-sdk/rds-signer"],
    ["azure", "@azure/identity"],
    ["google", "google-auth-library"],
    ["google,instance=a:b:c", "@google-cloud/cloud-sql-connector"],
  ])("the library of %s", async (auth, library) => {
    await using project = await projectWith({ url: address(), auth }, [])
    const { exit, stderr } = await lockstep(["whoami"], { cwd: project.root })
    expect({ exit, stderr }).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(`npm install ${library}`),
    })
    expect(stderr).toContain("[auth-package-missing]")
  })

  test("an identity", async () => {
    await using project = await projectWith({ url: address(), auth: "aws" }, ["@aws-sdk/rds-signer"])
    provider.token = () => Promise.reject(new Error("Could not load credentials from any providers"))
    const { exit, stderr } = await lockstep(["whoami"], { cwd: project.root })
    expect(exit).toBe(5)
    expect(stderr).toContain(
      "aws gives no token: Could not load credentials from any providers [auth-failed]",
    )
  })

  test("the right to log in with a token", async () => {
    await using project = await projectWith({ url: address(), auth: "aws" }, ["@aws-sdk/rds-signer"])
    provider.token = async () => "a token that is refused"
    const { exit, stderr } = await lockstep(["whoami"], { cwd: project.root })
    expect({ exit, stderr }).toMatchObject({ exit: 5, stderr: expect.stringContaining("grant rds_iam to") })
    expect(stderr).not.toContain("a token that is refused")
  })

  test("a value that is none", async () => {
    await using project = await projectWith({ auth: { provider: "aws", regoin: "x" } }, [])
    const { exit, stderr } = await lockstep(["whoami"], { cwd: project.root })
    expect({ exit, stderr }).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('must be "google", "aws"'),
    })
  })
})

describe("a token leaves this machine encrypted or not at all", () => {
  const settings = (url: string) => withTokens(parseConnection(url), { provider: "aws" }, ".")

  test.each([
    ["postgresql://app@db.example/shop", "require"],
    ["postgresql://app@db.example/shop?sslmode=prefer", "require"],
    ["postgresql://app@db.example/shop?sslmode=verify-full", "verify-full"],
    ["postgresql://app@localhost/shop?sslmode=disable", "disable"],
    ["postgresql://app@db.example/shop?hostaddr=127.0.0.1", "prefer"],
  ])("%s: %s", (url, mode) => {
    expect(settings(url).tls.mode).toBe(mode)
  })

  test("turning TLS off is refused", () => {
    expect(() => settings("postgresql://app@db.example/shop?sslmode=disable")).toThrow("in clear")
  })
})

test("Google's logins of service accounts go without the end of their address", () => {
  const url = "postgresql://api%40shop.iam.gserviceaccount.com@10.0.0.3/shop"
  expect(withTokens(parseConnection(url), { provider: "google" }, ".").user).toBe("api@shop.iam")
})
