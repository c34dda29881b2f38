from knowledge_base.signature.recall.memory import Memory


def test_what_is_used_stays_and_the_rest_is_forgotten() -> None:
    memory: Memory[str, int] = Memory(100)
    memory["used"] = 1
    for number in range(1_000):
        memory[f"other {number}"] = number
        assert memory.get("used") == 1
        assert len(memory) <= 100
    assert memory.get("other 0") is None
    assert memory.get("other 999") == 999


def test_long_keys_are_forgotten_sooner() -> None:
    memory: Memory[str, int] = Memory(10_000)
    for number in range(3_000):
        memory[f"{number} " + "x" * 50_000] = number
    assert len(memory) < 200


def test_the_length_of_a_key_is_told() -> None:
    memory: Memory[tuple[str, int], int] = Memory(10_000, length=lambda key: len(key[0]))
    for number in range(3_000):
        memory[f"{number} " + "x" * 50_000, 1] = number
    assert len(memory) < 200


def test_a_value_that_is_set_again_counts_once() -> None:
    memory: Memory[str, int] = Memory(1_000)
    memory["kept"] = 1
    for number in range(5_000):
        memory["x" * 150] = number
    assert memory.get("kept") == 1
    assert len(memory) == 2
