// expect: CS0117 7
// SPDX-License-Identifier: MIT
internal static class Case
{
    private static int Main() => Text(5).Length;

    private static string Text(int number) => $"number {number}";
}
