create table w (id int generated always as identity primary key);
