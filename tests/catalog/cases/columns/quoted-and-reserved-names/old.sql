create table "Order" ("user" int, "select" text, "Größe" int, "a""b" int); create index "My Index" on "Order" ("Größe");
