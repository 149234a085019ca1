// SPDX-License-Identifier: MIT
// expect: CS0656 7
internal static class Case
{
    private static int Main() => Greeting("guest").Length;

    private static string Greeting(string name) => "Hello, " + name;
}
