create domain email as text check (value like '%@%');
create table users (id int, mail email not null, others email[]);
create index on users (lower(mail::text));
create view mails as select mail from users;
