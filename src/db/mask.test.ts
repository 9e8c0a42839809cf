import { expect, test } from "vitest"
import { maskSecrets } from "./mask.ts"

test.each([
  ["postgres://app:hunter2@db/shop", "postgres://app:***@db/shop"],
  ["postgresql+asyncpg://app:hun@ter/2@db:5432/shop", "postgresql+asyncpg://app:***@db:5432/shop"],
  ["postgres://app:hunter/2@db/shop?x=a@b", "postgres://app:***@db/shop?x=a@b"],
  ["failed: 'postgres://:hunter2@db' (see a@b.example)", "failed: 'postgres://:***@db' (see a@b.example)"],
  ["one postgres://a:x@h two postgres://b:y@h", "one postgres://a:***@h two postgres://b:***@h"],
  [
    "postgres://app@db/shop?password=hunter2&sslmode=require",
    "postgres://app@db/shop?password=***&sslmode=require",
  ],
  ["host=db password='hun\\'ter 2' user=app", "host=db password='***' user=app"],
  ['cannot reach "postgres://app:p@ss@db/shop" now', 'cannot reach "postgres://app:***@db/shop" now'],
  ["PGPASSWORD=hunter2 psql", "PGPASSWORD=*** psql"],
  ["sslpassword = hunter2", "sslpassword = ***"],
  ['{"user":"app","password":"hun\\"ter2"}', '{"user":"app","password":"***"}'],
  [
    "alter role app password 'hun''ter2' valid until '2030-01-01'",
    "alter role app password '***' valid until '2030-01-01'",
  ],
  [
    "create user app encrypted password $p$hun$ter2$p$ login",
    "create user app encrypted password '***' login",
  ],
])("%s", (text, expected) => {
  expect(maskSecrets(text)).toBe(expected)
})

test.each([
  "postgres://app@db:5432/shop",
  "https://example.com:8080/a",
  "see http://a and b@c",
  "select password from users",
  "column password does not exist",
  'password authentication failed for user "app"',
  "select email from users where email = 'a@b.example'",
])("left alone: %s", (text) => {
  expect(maskSecrets(text)).toBe(text)
})
