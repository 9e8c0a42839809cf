create table "Order" ("Select" bigint primary key, "a b" text not null default 'x', "ü" text, "quo""te" int check ("quo""te" > 0));
create index "Ix" on "Order" (lower("a b"));
create schema "My.Schema";
create table "My.Schema"."t.u" ("c.d" bigserial, "E" int default 3);
create view "My.Schema"."V" as select "Select" from "Order";
comment on column "My.Schema"."t.u"."E" is 'c';
