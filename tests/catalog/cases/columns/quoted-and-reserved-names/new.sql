create table "Order" ("user" bigint, "select" varchar(5), "Größe" numeric, "a""b" int default 5); create unique index "My Index" on "Order" ("Größe"); comment on column "Order"."a""b" is 'it''s';
