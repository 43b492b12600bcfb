"""Names for the people of the demo."""

from random import Random

FIRST = (
    "Jonas Li Olga Marta Paul Sofia Emil Nora Luca Amina Pedro Ines Tomas Chiara Yusuf Elena Marco Greta Anton Leila "
    "Hugo Clara Ivan Rosa Noah Fatima Matteo Alma Viktor Zoe Karim Julia Stefan Mila Andrea Petra Omar Lena Diego Eva"
).split()
LAST = (
    "Weber Wei Smirnova Rossi Meyer Almeida Larsen Bianchi Okafor Novak Costa Haddad Keller Ferrari Lindqvist Moreau "
    "Kowalski Ricci Demir Santos Fischer Romano Petrov Silva Nielsen Greco Varga Khan Ortiz Marino Berg Fontana Horvat "
    "Lopez Schmid Galli Jensen Pereira Conti Huber"
).split()


def names(random: Random, *, count: int) -> list[str]:
    """So many different names, at most one for each pair of first and last."""
    pairs = [f"{first} {last}" for first in FIRST for last in LAST if (first, last) != ("Ada", "Conti")]
    return random.sample(pairs, k=count)
