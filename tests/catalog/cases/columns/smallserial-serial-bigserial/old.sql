create table w (a smallserial, b serial, c bigserial);
