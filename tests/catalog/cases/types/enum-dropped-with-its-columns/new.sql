create table w (x text, y text[]);
