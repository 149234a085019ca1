// SPDX-License-Identifier: MIT
// expect: CS0117 7
internal static class Case
{
    private static int Main() => Text(5).Length;

    private static string Text(int number) => $"number {number}";
}
