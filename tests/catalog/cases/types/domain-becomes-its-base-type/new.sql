create table users (id int, mail text not null, others text[]);
create index on users (lower(mail));
create view mails as select mail from users;
