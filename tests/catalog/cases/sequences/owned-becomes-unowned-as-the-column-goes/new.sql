create sequence w_id_seq as int; create table w (a int);
