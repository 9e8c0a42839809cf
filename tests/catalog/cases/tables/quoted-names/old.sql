create table "Order" ("Select" int primary key, "a b" text, "ü" int, "quo""te" int);
create index "Ix" on "Order" ("a b");
create schema "My.Schema";
create table "My.Schema"."t.u" ("c.d" serial);
