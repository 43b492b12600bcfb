"""The bank of the pictures: its queues, what goes wrong this morning, and names."""

PASSWORD = "a long password"
QUEUES = (
    # name, channel, department, contacts an hour, handle seconds
    ("Cards — lost & stolen", "voice", "Retail", 130, 240),
    ("Mobile banking", "voice", "Retail", 150, 260),
    ("Mortgage advice", "voice", "Lending", 46, 620),
    ("Chat — general", "chat", "Retail", 90, 420),
    ("Savings", "voice", "Retail", 110, 230),
    ("Business desk", "voice", "Business", 60, 380),
    ("Loans", "voice", "Lending", 84, 340),
    ("Insurance claims", "voice", "Business", 40, 460),
    ("Branch overflow", "voice", "Retail", 72, 250),
    ("Premium", "voice", "Retail", 30, 320),
    ("Italian line", "voice", "Retail", 28, 280),
    ("E-mail", "mail", "Retail", 34, 600),
    ("Payments & transfers", "voice", "Retail", 96, 210),
    ("Online shop cards", "chat", "Retail", 44, 380),
    ("Investments", "voice", "Business", 22, 520),
    ("Fraud hotline", "voice", "Retail", 38, 360),
    ("New accounts", "voice", "Retail", 52, 400),
    ("Pensions", "voice", "Lending", 18, 540),
    ("Arrears", "voice", "Lending", 36, 420),
    ("Car finance", "voice", "Lending", 26, 380),
    ("Merchant services", "voice", "Business", 32, 300),
    ("Complaints", "mail", "Retail", 12, 900),
    ("German line", "voice", "Retail", 24, 290),
    ("App feedback", "chat", "Retail", 16, 300),
)
SURGES = {"Cards — lost & stolen": 2.9, "Mobile banking": 1.8}
SHORT = {"Mortgage advice": 0.78, "Chat — general": 0.82, "Online shop cards": 0.84}
FIRST = "Ada Jonas Li Olga Marta Paul Dov Mina Ines Tomás Aiko Hans Priya Nils Zoe Karl Lena Omar Ruth Ivo".split()
LAST = "Conti Weber Wei Smirnova Rossi Meyer Adler Novak Silva Keller Tanaka Olsen Rao Bauer Costa Lund".split()
