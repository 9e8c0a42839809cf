create table w (a int generated always as identity (start 10 increment 5), b int);
