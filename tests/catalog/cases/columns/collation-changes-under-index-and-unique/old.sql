create table w (a text, b text unique, c text); create index i on w (a);
