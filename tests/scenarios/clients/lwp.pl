use strict;
use warnings;
use LWP::UserAgent;

my $agent = LWP::UserAgent->new(timeout => 90, keep_alive => 1, cookie_jar => {});
$agent->proxy("http", "http://127.0.0.1:$ENV{PROXY_PORT}");

sub ask {
    my ($path, $body) = @_;
    my $url = "http://api.partner.example$path";
    my $response = defined $body ? $agent->post($url, Content => $body) : $agent->get($url);
    die $response->status_line unless $response->is_success;
    return $response->content;
}

print "== get\n", ask("/whoami");
print "== post\n", ask("/upload", "\0" x (10 * 1024 * 1024)), "\n";
print "== keep_alive\n", ask("/keep/one"), ask("/keep/two");
print "== redirect\n", ask("/login");
