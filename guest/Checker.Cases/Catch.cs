// SPDX-License-Identifier: MIT
// expect: DENALI001 11
internal static class Case
{
    private static int Main()
    {
        try
        {
            return Work();
        }
        catch (System.Exception)
        {
            return 1;
        }
    }

    private static int Work() => 0;
}
