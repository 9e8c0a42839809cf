create table settings (project text not null, environment text not null);
