import unittest

from parser import count, split


class Tests(unittest.TestCase):
    def test_plain(self):
        self.assertEqual(split("a,b,c"), ["a", "b", "c"])

    def test_split(self):
        self.assertEqual(split('a,"b,c",d'), ["a", "b,c", "d"])

    def test_count(self):
        self.assertEqual(count("a,b"), 2)


if __name__ == "__main__":
    unittest.main()
