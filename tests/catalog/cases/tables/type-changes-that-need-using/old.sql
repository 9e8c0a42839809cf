create table t (a text, b text, c text, d int, e boolean, f text, g text);
