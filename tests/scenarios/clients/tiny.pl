use strict;
use warnings;
use HTTP::Tiny;

my $client = HTTP::Tiny->new(http_proxy => "http://127.0.0.1:$ENV{PROXY_PORT}", timeout => 90);

sub ask {
    my ($path, $body) = @_;
    my $method = defined $body ? "POST" : "GET";
    my %with = defined $body ? (content => $body) : ();
    my $response = $client->request($method, "http://api.partner.example$path", \%with);
    die "$response->{status} $response->{reason}" unless $response->{success};
    return $response->{content};
}

print "== get\n", ask("/whoami");
print "== post\n", ask("/upload", "\0" x (10 * 1024 * 1024)), "\n";
print "== redirect\n", ask("/login");
