create table w (tag text default 'x');
